// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IParents} from "../src/interfaces/IParents.sol";
import {Parent} from "../src/Types.sol";
import {Base, Errors} from "./Base.sol";

/// @dev Which works a work can derive from, and who confirms it.
contract ParentsTest is Base {
    function parentsWith(uint256 count, uint16 shareBps) internal returns (Parent[] memory parents) {
        parents = new Parent[](count);
        for (uint256 i; i < count; ++i) {
            uint256 parentId = createWork(bytes32(i), defaultTerms(), noParents(), nobody());
            parents[i] = Parent(parentId, shareBps);
        }
    }

    function test_four_parents_with_half_in_sum_are_allowed() public {
        Parent[] memory parents = parentsWith(4, 1250);
        uint256 workId = createWork("salt", defaultTerms(), parents, nobody());
        assertEq(abi.encode(works.parentsOf(workId)), abi.encode(parents));
        assertEq(works.MAX_PARENTS(), 4);
        assertEq(works.MAX_PARENTS_BPS(), 5000);
    }

    function test_five_parents_are_refused() public {
        Parent[] memory parents = parentsWith(5, 1);
        vm.expectRevert(abi.encodeWithSelector(Errors.Works_TooManyParents.selector, 5, 4));
        createWork("salt", defaultTerms(), parents, nobody());
    }

    function test_parents_shares_have_a_cap_in_sum() public {
        Parent[] memory parents = parentsWith(2, 2500);
        parents[1].shareBps = 2501;
        vm.expectRevert(abi.encodeWithSelector(Errors.Works_ParentsShareTooHigh.selector, 5001, 5000));
        createWork("salt", defaultTerms(), parents, nobody());
    }

    function test_parents_exist_are_named_once_and_get_something() public {
        Parent[] memory parents = parentsWith(2, 100);
        parents[1].workId = 7;
        vm.expectRevert(abi.encodeWithSelector(Errors.Works_UnknownWork.selector, 7));
        createWork("salt", defaultTerms(), parents, nobody());
        parents[1].workId = parents[0].workId;
        vm.expectRevert(abi.encodeWithSelector(Errors.Works_DuplicateParent.selector, parents[0].workId));
        createWork("salt", defaultTerms(), parents, nobody());
        parents[0].shareBps = 0;
        vm.expectRevert(abi.encodeWithSelector(Errors.Works_ZeroParentShare.selector, parents[0].workId));
        createWork("salt", defaultTerms(), parents, nobody());
    }

    function test_a_work_is_not_its_own_parent() public {
        uint256 workId = works.workIdOf(creator.addr, "salt");
        Parent[] memory parents = new Parent[](1);
        parents[0] = Parent(workId, 100);
        vm.expectRevert(abi.encodeWithSelector(Errors.Works_UnknownWork.selector, workId));
        createWork("salt", defaultTerms(), parents, nobody());
    }

    function test_only_the_parents_creator_confirms_once_and_only_a_named_parent() public {
        Parent[] memory parents = parentsWith(1, 100);
        uint256 parentId = parents[0].workId;
        vm.prank(stranger);
        uint256 childId = works.create("child", defaultTerms(), parents, nobody(), CONTENT);
        assertFalse(works.isParentConfirmed(childId, parentId));

        vm.expectRevert(
            abi.encodeWithSelector(Errors.Works_NotCreator.selector, parentId, stranger, creator.addr)
        );
        vm.prank(stranger);
        works.confirmParent(childId, parentId);

        uint256 otherId = createWork();
        vm.startPrank(creator.addr);
        vm.expectRevert(abi.encodeWithSelector(Errors.Works_NotParent.selector, otherId, parentId));
        works.confirmParent(otherId, parentId);
        vm.expectEmit(address(works));
        emit IParents.ParentConfirmed(childId, parentId);
        works.confirmParent(childId, parentId);
        assertTrue(works.isParentConfirmed(childId, parentId));
        vm.expectRevert(abi.encodeWithSelector(Errors.Works_AlreadyConfirmed.selector, childId, parentId));
        works.confirmParent(childId, parentId);
        vm.stopPrank();
    }

    function testFuzz_every_parent_keeps_its_share_and_its_place(uint256 count, uint16[4] calldata sharesBps)
        public
    {
        Parent[] memory parents = parentsWith(count % 5, 1);
        for (uint256 i; i < parents.length; ++i) {
            parents[i].shareBps = uint16(bound(sharesBps[i], 1, 1250));
        }
        uint256 workId = createWork("salt", defaultTerms(), parents, nobody());
        assertEq(abi.encode(works.parentsOf(workId)), abi.encode(parents));
        assertEq(abi.encode(works.work(workId).terms), abi.encode(defaultTerms()), "beside its terms");
    }

    function test_each_of_four_parents_is_confirmed_by_its_own_creator_alone() public {
        Parent[] memory parents = new Parent[](4);
        for (uint160 i; i < 4; ++i) {
            vm.prank(address(9000 + i));
            parents[i] = Parent(works.create("p", defaultTerms(), noParents(), nobody(), CONTENT), 100);
        }
        uint256 childId = createWork("child", defaultTerms(), parents, nobody());
        for (uint160 i; i < 4; ++i) {
            address other = address(9000 + (i + 1) % 4);
            vm.expectRevert(
                abi.encodeWithSelector(
                    Errors.Works_NotCreator.selector, parents[i].workId, other, address(9000 + i)
                )
            );
            vm.prank(other);
            works.confirmParent(childId, parents[i].workId);
            vm.prank(address(9000 + i));
            works.confirmParent(childId, parents[i].workId);
            for (uint160 j; j < 4; ++j) {
                assertEq(works.isParentConfirmed(childId, parents[j].workId), j <= i);
            }
        }
    }

    function test_a_parent_that_is_not_there_cannot_be_confirmed() public {
        uint256 childId = createWork();
        vm.expectRevert(abi.encodeWithSelector(Errors.Works_UnknownWork.selector, 7));
        works.confirmParent(childId, 7);
    }
}
